"""What a user asks: options, rules as they are written, plugins, and one call of the optimizer with them."""
