"""Read answers with words around them: reasons, negations, corrections. Pure.

Terms: an item is a piece of an answer, one word or phrase. A part or segment is the items between two breaks, such as
commas. A polar item is a yes or a no.
"""
