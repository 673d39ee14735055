"""What writes the generated pages of the documentation, and what checks them."""
