"""How data flows through layers, and where all their weights lie: one vector."""
