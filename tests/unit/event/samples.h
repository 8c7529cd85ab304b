#pragma once
// Messages captured from a NATS server, and their values.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "event/events.h"

namespace midge::test {

// Returns the file without white space between tokens, as it was sent.
inline std::string sample(const std::string& name) {
    std::ifstream file(std::string(MIDGE_SAMPLES) + "/" + name + ".json");
    EXPECT_TRUE(file.is_open()) << name;
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    std::string out;
    bool in_string = false;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"' && (i == 0 || text[i - 1] != '\\')) in_string = !in_string;
        if (in_string || !std::isspace(static_cast<unsigned char>(text[i]))) out += text[i];
    }
    return out;
}

// Returns the form in which samples of events are stored.
inline std::string with_subject(const std::string& subject, const std::string& json) {
    return R"({"subject":")" + subject + R"(","payload":)" + json + "}";
}

// Parses "2026-11-22T08:59:00.00577176Z".
inline WallNanos at(const std::string& text) {
    int year = 0;
    unsigned month = 0, day = 0;
    int hour = 0, minute = 0, second = 0;
    char fraction[10] = "";
    EXPECT_EQ(std::sscanf(text.c_str(), "%d-%u-%uT%d:%d:%d.%9[0-9]Z", &year, &month, &day, &hour,
                          &minute, &second, fraction),
              7);
    using namespace std::chrono;
    const sys_days date{std::chrono::year{year} / month / day};
    std::string nanos = fraction;
    nanos.resize(9, '0');
    return duration_cast<nanoseconds>(date.time_since_epoch() + hours{hour} + minutes{minute} +
                                      seconds{second})
               .count() +
           std::stoll(nanos);
}

inline const std::string account_key = "ABWPXUTOOO4VPSC75OFLPPJCHPREF7J37PTXE2MI5A2BNFBLIU26XGYP";

// The server from which the event samples come.
inline ServerInfo lab_server(uint64_t seq, const std::string& time) {
    ServerInfo server;
    server.name = "lab";
    server.host = "127.0.0.1";
    server.id = "NCGOCQMJS2ATXPPR3PZ435NPIYCVM4FFJI2M6O3AHBM4Y557ZL4PKPYA";
    server.version = "2.15.1";
    server.tags = {"az:1", "rack:2"};
    server.metadata = {{"owner", "ops"}};
    server.feature_flags = {{"js_ack_fc_v2", false},
                            {"js_api_reply_v2", false},
                            {"js_raft_delete_range", true},
                            {"js_snapshot_sources", false}};
    server.seq = seq;
    server.time = at(time);
    return server;
}

// The server from which the claims samples come.
inline ServerInfo claims_server(uint64_t seq, const std::string& time) {
    ServerInfo server = lab_server(seq, time);
    server.id = "NCKPECJSX7OCETOKRVT3BMBAIOMJBHVUOMUMZZMEJHRS4EKKHLAR77JY";
    server.tags.clear();
    server.metadata.clear();
    return server;
}

}  // namespace midge::test
