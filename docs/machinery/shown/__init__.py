"""What is shown of the library: trained networks, their pictures, what it says, live pages."""
