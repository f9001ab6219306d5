"""Read answers with words around them: reasons, negations, corrections. Pure."""
