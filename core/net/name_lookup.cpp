#include "net/name_lookup.h"

#include <fmt/format.h>

#include <utility>

#include "net/socket.h"

namespace midge {

NameLookup::NameLookup()
    : questions_(1, waiting_max,
                 [](const Question& question) { question.found(look_up_host(question.host)); }) {}

void NameLookup::ask(std::string host, Found found) {
    Question question{std::move(host), std::move(found)};
    if (questions_.push(question)) return;
    question.found(fail(Errc::unavailable,
                        fmt::format("lookup {}: no look-up is possible now", question.host)));
}

}  // namespace midge
