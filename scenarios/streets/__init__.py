"""From streets to travel: how far each block's children have to each school, on foot, by car or by the school bus."""
