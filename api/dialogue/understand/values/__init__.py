"""Read answers without other words around them: choices, amounts, numbers, shared points. Pure."""
