/* text.h -- a word or sentence for people, in the languages of the product; zh-TW first. */
#pragma once

struct text { const char *zh, *en, *ja; };
/* language: "zh-TW", "en", "ja"; anything else is zh-TW. */
const char *text_in(const struct text *t, const char *language);

/* What people read of a refusal, by its code. */
struct refusal { const char *code; struct text title; };
