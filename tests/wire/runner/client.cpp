#include "wire/runner/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/json.h"

namespace midge::wire {

std::string Arrival::describe() const {
    switch (what) {
        case What::closed:
            return "(the connection was closed)";
        case What::timed_out:
            return "(nothing)";
        case What::item:
            break;
    }
    return printable(item);
}

void Client::read_greeting() {
    greeting_ = read_item();
    if (!greeting_->item.starts_with("INFO ")) return;
    info_ = greeting_->item.substr(5);
}

std::string Client::info(const std::string& member) const {
    const auto info = parse_json_object(info_);
    if (!info) return {};
    if (auto text = json_string(*info, member)) return *text;
    const auto number = json_int(*info, member);
    return number ? fmt::format("{}", *number) : std::string();
}

void Client::drop_greeting() {
    if (greeting_ && greeting_->item.starts_with("INFO ")) greeting_.reset();
}

void Client::send(std::string_view bytes) {
    if (bytes.empty()) return;
    remember_subscriptions(bytes);
    mid_line_ = bytes.back() != '\n';
    const size_t step = options_.cut_bytes == 0 ? bytes.size() : options_.cut_bytes;
    for (size_t at = 0; at < bytes.size(); at += step) connection_->send(bytes.substr(at, step));
}

void Client::remember_subscriptions(std::string_view bytes) {
    constexpr size_t control_bytes_max =
        64 * 1024;  // longer writes are payloads, for which the regex would be slow
    if (bytes.size() > control_bytes_max) return;
    static const std::regex form(R"((?:^|\n)sub[ \t]+(?:\S+[ \t]+){1,2}(\S+)(?=\r?\n))",
                                 std::regex::icase);
    using Iterator = std::regex_iterator<std::string_view::const_iterator>;
    for (Iterator at(bytes.begin(), bytes.end(), form); at != Iterator(); ++at)
        sids_.insert((*at)[1]);
}

std::string Client::unsubscribe_commands() const {
    std::string commands;
    for (const std::string& sid : sids_) commands += "UNSUB " + sid + "\r\n";
    return commands;
}

Arrival Client::next() {
    if (greeting_) {
        Arrival first = std::move(*greeting_);
        greeting_.reset();
        return first;
    }
    while (true) {
        Arrival arrival = read_item();
        if (arrival.what != Arrival::What::item || arrival.item != "PING" || options_.shows_pings)
            return arrival;
        connection_->send("PONG\r\n");
    }
}

Arrival Client::read_item() {
    const auto deadline = Clock::now() + options_.patience;
    while (true) {
        if (auto item = reader_.next()) return {Arrival::What::item, std::move(*item)};
        if (closed_) return {Arrival::What::closed, {}};
        Received received = connection_->receive(deadline);
        if (received.what == Received::What::timed_out) return {Arrival::What::timed_out, {}};
        if (received.what == Received::What::bytes) {
            reader_.feed(received.bytes);
            continue;
        }
        closed_ = true;
        if (std::string rest = reader_.take_rest(); !rest.empty()) {
            return {Arrival::What::item, "<cut off> " + rest};
        }
    }
}

Result<std::vector<std::string>> Client::items_before_pong() {
    send("PING\r\n");
    std::vector<std::string> items;
    while (true) {
        Arrival arrival = next();
        if (arrival.what != Arrival::What::item)
            return fail(arrival.describe() + " instead of PONG");
        if (arrival.item == "PONG") return items;
        items.push_back(std::move(arrival.item));
    }
}

void Client::close() {
    if (closed_) return;
    connection_->finish_sending();
    while (read_item().what == Arrival::What::item) {
    }
    closed_ = true;
}

}  // namespace midge::wire
