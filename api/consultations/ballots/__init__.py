"""Ballots: cast, change, merge and anonymise them."""
