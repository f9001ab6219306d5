"""What residents send in and staff publish: ideas, and the proposals made of them."""
