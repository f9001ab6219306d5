"""Answers with words around them: reasons, negations, corrections. Pure."""
