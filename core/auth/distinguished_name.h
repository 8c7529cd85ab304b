#pragma once
// Subjects of certificates, and users of the configuration that are written as such: "CN=bob,
// O=acme". Pure functions.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace midge {

// Sets of type and value: "CN=a+OU=b" is one set. In the order of a text, which is the reverse of a
// certificate's.
using NameAttribute = std::pair<std::string, std::string>;
using DistinguishedName = std::vector<std::vector<NameAttribute>>;

// A text in the form of RFC 4514, read as nats-server reads it; nothing if it is none.
[[nodiscard]] std::optional<DistinguishedName> parse_distinguished_name(std::string_view text);

// `subject` has only attributes that nats-server has names for. Others are compared by
// go_subject_texts() alone.
[[nodiscard]] bool is_comparable(const DistinguishedName& subject);

// Equal for names with the same sets in the same order; the order within a set does not matter, nor
// the case of a type.
[[nodiscard]] std::string ordered_key(const DistinguishedName& name);
// Equal for names with the same sets in any order.
[[nodiscard]] std::string unordered_key(const DistinguishedName& name);

// The subject as Go's library writes it, first with its domain components behind it if it has any:
// only the usual types, in an order of their own, several values of one type as one set.
[[nodiscard]] std::vector<std::string> go_subject_texts(const DistinguishedName& subject);

}  // namespace midge
