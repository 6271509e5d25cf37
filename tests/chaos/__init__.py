"""A simulated day while broker, store, services and the wires between them are broken by dice."""
