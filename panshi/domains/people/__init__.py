"""People at accounts 联系人: contacts, and the contact log 跟进记录 with the next date to speak to them."""
