DROP TABLE account_tries;
DROP TABLE account_mails;
DROP TABLE account_codes;
DROP TABLE sign_ins;
