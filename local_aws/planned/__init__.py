"""The local stack out of Terraform's plan: one small module per service, and what they share.

``plan`` reads local_aws/stack.json, ``creator`` turns planned values into arguments, ``creators`` lists what is made,
``absent`` what is not, and why. A type or an attribute that nobody decided about makes the creation fail.
"""
