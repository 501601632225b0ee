//! What only a server can: be gone, be somewhere else, have several programs at its door at once.
