"""The account archive 客户档案: accounts, their group tree, ownership, team, classes and touches, as recorded facts."""
