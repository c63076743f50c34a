"""Who is there, what they may do, and the only road by which the register is read or written.

``rights`` decides; ``identity`` says who asks; ``desk`` does what is asked once ``rights`` has agreed.
"""
