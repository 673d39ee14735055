"""How a model learns: one step, the loop around it, and what may take their place."""
