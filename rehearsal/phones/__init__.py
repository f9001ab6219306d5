"""A web page that shows the rehearsal's phones: what people see, type and tap."""
