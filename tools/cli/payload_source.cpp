#include "payload_source.h"

#include <iostream>
#include <iterator>

#include "base/terminal.h"

namespace midge::cli {

PayloadSource::PayloadSource(Choice choice) : choice_(std::move(choice)) {
    const bool is_typed = is_terminal(StandardStream::in);
    const bool person_can_type = is_typed && is_terminal(StandardStream::out);
    reads_stdin_ = !choice_.body && (!is_typed || person_can_type || choice_.force_stdin);
}

Result<std::optional<std::string>> PayloadSource::next() {
    if (done_) return std::optional<std::string>();
    if (!reads_stdin_) {
        done_ = true;
        return choice_.body.value_or("");
    }
    std::string text;
    if (choice_.by_line) {
        if (std::getline(std::cin, text)) {
            if (text.ends_with('\r')) text.pop_back();
            return text;
        }
        done_ = true;
    } else {
        text.assign(std::istreambuf_iterator<char>(std::cin), {});
        done_ = true;
    }
    if (std::cin.bad()) return fail("standard input: read error");
    if (choice_.by_line) return std::optional<std::string>();
    return text;
}

}  // namespace midge::cli
