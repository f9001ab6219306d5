"""The page of phones: it shows what people see, type and tap in the rehearsal."""
