"""How a function in a container reaches the control plane on the loopback of its host."""
