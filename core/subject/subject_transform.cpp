#include "subject/subject_transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "subject/subject.h"
#include "subject/transform_reader.h"

namespace midge {
namespace {

constexpr std::string_view bad_subject = "invalid subject";

// FNV-1a, 32 bits.
class Hash {
  public:
    void add(std::string_view bytes) {
        for (const char c : bytes) state_ = (state_ ^ static_cast<uint8_t>(c)) * 16777619U;
    }
    [[nodiscard]] uint32_t value() const { return state_; }

  private:
    uint32_t state_ = 2166136261U;
};

// Appends the non-empty parts of `text` between separators, joined with dots. An empty separator
// makes each character a part.
void append_split(std::string_view text, std::string_view separator, std::string& out) {
    bool first = true;
    while (!text.empty()) {
        size_t end = 0;
        if (separator.empty()) {
            // Keeps the bytes of a UTF-8 character together.
            end = 1;
            while (end < text.size() && (static_cast<uint8_t>(text[end]) & 0xC0U) == 0x80U) ++end;
        } else {
            end = std::min(text.find(separator), text.size());
        }
        if (end != 0) {
            if (!first) out += token_separator;
            out += text.substr(0, end);
            first = false;
        }
        text.remove_prefix(std::min(end + separator.size(), text.size()));
    }
}

void append_slices(std::string_view text, size_t first, size_t size, std::string& out) {
    out += text.substr(0, first);
    for (size_t at = first; at < text.size(); at += size) {
        if (at != 0) out += token_separator;
        out += text.substr(at, size);
    }
}

void append_halves(std::string_view text, size_t at, std::string& out) {
    out += text.substr(0, at);
    out += token_separator;
    out += text.substr(at);
}

bool ends_in_rest(const std::vector<std::string_view>& tokens) {
    return tokens.back() == ">";
}

}  // namespace

Result<SubjectTransform> SubjectTransform::from(std::string_view source,
                                                std::string_view destination) {
    if (!is_valid_subject(source)) return fail(Errc::invalid, std::string(bad_subject));
    const auto from_tokens = split(source, token_separator);
    const auto to_tokens = split(destination, token_separator);
    if (auto checked = TransformReader::check(to_tokens); !checked) return pass(checked);
    const bool starred = std::find(to_tokens.begin(), to_tokens.end(), "*") != to_tokens.end();
    const bool too_long = from_tokens.size() > tokens_max || to_tokens.size() > tokens_max;
    if (starred || too_long || ends_in_rest(from_tokens) != ends_in_rest(to_tokens)) {
        return fail(Errc::invalid, std::string(bad_subject));
    }
    std::vector<size_t> wildcards;
    for (size_t i = 0; i < from_tokens.size(); ++i) {
        if (from_tokens[i] == "*") wildcards.push_back(i);
    }
    const TransformReader reader(std::move(wildcards));
    SubjectTransform made;
    made.source_ = source;
    made.destination_ = destination;
    made.rest_from_ = from_tokens.size() - 1;
    for (const std::string_view token : to_tokens) {
        auto part = reader.read(token);
        if (!part) return pass(part);
        made.constant_ = made.constant_ && part->function == Function::literal;
        made.parts_.push_back(std::move(*part));
    }
    return made;
}

Result<SubjectTransform> SubjectTransform::for_import(std::string_view source,
                                                      std::string_view destination) {
    auto made = from(source, destination);
    if (!made) return made;
    std::vector<size_t> wildcards;
    size_t position = 0;
    for (const std::string_view token : split(source, token_separator)) {
        if (token == "*") wildcards.push_back(position);
        ++position;
    }
    std::vector<size_t> used;
    for (const Part& part : made->parts_) {
        if (part.function == Function::literal || part.function == Function::rest) continue;
        if (part.function != Function::wildcard) {
            return fail(
                Errc::invalid,
                fmt::format("invalid mapping destination: the only mapping function allowed for "
                            "import transforms is {{{{Wildcard()}}}} in {}",
                            destination));
        }
        used.push_back(part.tokens.front());
    }
    std::sort(used.begin(), used.end());
    // "$0" also stands for a token, which need not be a wildcard.
    if (used != wildcards) {
        return fail(
            Errc::invalid,
            fmt::format("invalid mapping destination: not using all of the token wildcard(s) in {}",
                        destination));
    }
    return made;
}

SubjectTransform SubjectTransform::reversed() const {
    SubjectTransform back;
    back.destination_ = source_;
    back.rest_from_ = parts_.size() - 1;
    // Positions in the destination by position of the source's wildcard.
    std::unordered_map<size_t, size_t> places;
    for (const Part& part : parts_) {
        const bool wildcard = part.function == Function::wildcard;
        if (wildcard)
            places.emplace(part.tokens.front(), static_cast<size_t>(&part - parts_.data()));
        if (&part != parts_.data()) back.source_ += token_separator;
        back.source_ += wildcard ? "*" : part.function == Function::rest ? ">" : part.text;
    }
    // Does not format a text and parse it, because a token "$1" of the source is literal.
    size_t position = 0;
    for (const std::string_view token : split(source_, token_separator)) {
        Part part;
        if (token == "*") {
            part.function = Function::wildcard;
            part.tokens = {places.at(position)};
        } else if (token == ">") {
            part.function = Function::rest;
        } else {
            part.text = token;
        }
        back.constant_ = back.constant_ && part.function == Function::literal;
        back.parts_.push_back(std::move(part));
        ++position;
    }
    return back;
}

void SubjectTransform::apply(std::string_view subject, uint32_t random, std::string& out) const {
    // One for each thread, so that a message needs no allocation for it.
    static thread_local Tokens tokens;
    tokens.clear();
    if (!constant_) {
        std::string_view rest = subject;
        for (bool more = true; more;) {
            const Token token = take_token(rest);
            tokens.push_back(token.text);
            more = token.more;
        }
    }
    out.clear();
    for (const Part& part : parts_) {
        if (&part != &parts_.front()) out += token_separator;
        append(part, subject, tokens, random, out);
    }
}

std::string SubjectTransform::apply(std::string_view subject) const {
    std::string out;
    apply(subject, 0, out);
    return out;
}

void SubjectTransform::append(const Part& part, std::string_view subject, const Tokens& tokens,
                              uint32_t random, std::string& out) const {
    const std::string_view text = part.tokens.empty() || part.tokens.front() >= tokens.size()
                                      ? std::string_view()
                                      : tokens[part.tokens.front()];
    const size_t size = part.number > 0 ? static_cast<size_t>(part.number) : 0;
    const bool cuts = size != 0 && size < text.size();
    switch (part.function) {
        case Function::literal:
            out += part.text;
            return;
        case Function::wildcard:
            out += text;
            return;
        case Function::rest:
            if (rest_from_ < tokens.size())
                out +=
                    subject.substr(static_cast<size_t>(tokens[rest_from_].data() - subject.data()));
            return;
        case Function::partition: {
            Hash hash;
            for (const size_t token : part.tokens)
                hash.add(token < tokens.size() ? tokens[token] : std::string_view());
            if (part.tokens.empty()) hash.add(subject);
            const auto buckets = static_cast<uint32_t>(part.number);
            fmt::format_to(std::back_inserter(out), "{}",
                           buckets == 0 ? 0 : hash.value() % buckets);
            return;
        }
        case Function::random: {
            const auto bound = static_cast<uint32_t>(std::abs(int64_t{part.number}));
            fmt::format_to(std::back_inserter(out), "{}", bound == 0 ? 0 : random % bound);
            return;
        }
        case Function::split:
            append_split(text, part.text, out);
            return;
        case Function::split_from_left:
            cuts ? append_halves(text, size, out) : void(out += text);
            return;
        case Function::split_from_right:
            cuts ? append_halves(text, text.size() - size, out) : void(out += text);
            return;
        case Function::slice_from_left:
            append_slices(text, 0, cuts ? size : std::max<size_t>(text.size(), 1), out);
            return;
        case Function::slice_from_right:
            append_slices(text, cuts ? text.size() % size : 0,
                          cuts ? size : std::max<size_t>(text.size(), 1), out);
            return;
        case Function::left:
            out += cuts ? text.substr(0, size) : text;
            return;
        case Function::right:
            out += cuts ? text.substr(text.size() - size) : text;
            return;
    }
}

}  // namespace midge
