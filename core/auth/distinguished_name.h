#pragma once
// Subjects of certificates, and user names of the configuration in the same form: "CN=bob, O=acme".
// Pure functions.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace midge {

// A list of sets of type and value; "CN=a+OU=b" is one set. The order is that of a text, which is
// the reverse of the order in a certificate.
using NameAttribute = std::pair<std::string, std::string>;
using DistinguishedName = std::vector<std::vector<NameAttribute>>;

// Parses a text in the form of RFC 4514 like nats-server. Returns no value if the text does not
// have the form.
[[nodiscard]] std::optional<DistinguishedName> parse_distinguished_name(std::string_view text);

// Whether nats-server has names for all attributes of `subject`. Other subjects can be compared
// only with go_subject_texts().
[[nodiscard]] bool is_comparable(const DistinguishedName& subject);

// Returns equal keys for names with the same sets in the same order. The order within a set and the
// case of types do not matter.
[[nodiscard]] std::string ordered_key(const DistinguishedName& name);
// Returns equal keys for names with the same sets in any order.
[[nodiscard]] std::string unordered_key(const DistinguishedName& name);

// Returns the subject in the form of Go's library; if it has domain components, first a text that
// ends with these. Go writes only the usual types, in its own order, and several values of a type
// as one set.
[[nodiscard]] std::vector<std::string> go_subject_texts(const DistinguishedName& subject);

}  // namespace midge
