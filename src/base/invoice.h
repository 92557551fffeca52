/* invoice.h -- whom a Taiwanese invoice is addressed to: a shopper's carrier, a company's number.
 *
 * Both are written one way only, so that two writings never are two people: full-width signs,
 * small letters and blanks around are folded, what is left must be exact. */
#pragma once
#include <stdbool.h>
#include "base/str.h"

enum { CARRIER_TEXT_MAX = 9, TAX_ID_TEXT_MAX = 9 };

/* Full-width ASCII ("／ＡＢ１", and the wide blank) to ASCII; the rest as it is.  dst holds
 * s.n + 1 bytes. */
void text_narrow(struct str s, char *dst);

/* 手機條碼: "/" and seven of 0-9 A-Z + - . */
bool carrier_parse(const char *text, char out[static CARRIER_TEXT_MAX]);

/* 統一編號: eight digits.  Times 1 2 1 2 1 2 4 1, the digits of all products add up to a multiple of
 * 5 (Ministry of Finance, since April 2023; before, of 10); with a 7 in the seventh place, one more
 * than the sum will do as well. */
bool tax_id_parse(const char *text, char out[static TAX_ID_TEXT_MAX]);
