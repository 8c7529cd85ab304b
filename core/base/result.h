#pragma once
// Errors that can happen in normal use are values: Result<T> and Error.
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace midge {

enum class Errc {
    failed,       // any error without a code of its own
    invalid,      // input is malformed or out of range
    not_found,    // the requested object does not exist
    denied,       // the peer is not allowed to do that
    timeout,      // a deadline passed
    unavailable,  // a service or file cannot be reached now; trying again may help
    unsupported,  // valid, but not supported by Midge
};

// An error for people: `text` gives the place, the value and the expected value. Contains no
// secret.
struct Error {
    Errc code = Errc::failed;
    std::string text;
};

template <class T = void>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Errc code, std::string text) {
    return tl::unexpected<Error>(Error{code, std::move(text)});
}
[[nodiscard]] inline tl::unexpected<Error> fail(std::string text) {
    return fail(Errc::failed, std::move(text));
}
// Passes the error of a result on as the error of a result of another type.
template <class T>
[[nodiscard]] tl::unexpected<Error> pass(tl::expected<T, Error>& result) {
    return tl::unexpected<Error>(std::move(result.error()));
}

}  // namespace midge
