"""Consultation meetings: registrations, seats and waiting lists, attendance and minutes."""
