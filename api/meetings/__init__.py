"""Consultation meetings: where residents meet, who holds a seat, who waits for one."""
