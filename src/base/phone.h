/* phone.h -- the phone is the identity; its prefixes and lengths are libphonenumber's to know.
 *
 * Any writing a clerk may use ("0912 345 678", "+886-912-345-678", 00886912345678,
 * full-width digits) becomes E.164.  Landlines and foreign numbers are fine. */
#pragma once
#include <stdbool.h>
#include "base/rc.h"

#ifdef __cplusplus
extern "C" {
#endif
enum phone_kind { PHONE_OTHER, PHONE_MOBILE, PHONE_FIXED };
#define PHONE_TEXT_MAX 24

/* e164 holds PHONE_TEXT_MAX bytes.  False if the text holds anything but a number, or a number
 * that is neither valid nor of a mobile's length.  region: ISO 3166 letters used when there is no
 * +, such as "TW"; NULL for none. */
bool phone_parse(const char *text, const char *region, char *e164, enum phone_kind *kind);
#ifdef __cplusplus
}
#endif
