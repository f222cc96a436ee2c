"""A local AWS that does not lie: moto behind one gateway, plus the engines that moto only pretends to have."""
