"""The shared language: values and rules every subject speaks, without I/O, clock or framework."""
