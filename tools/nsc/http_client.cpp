#include "nsc/http_client.h"

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/URI.h>

#include "base/text.h"
#include "common/files.h"

namespace midge::tools {
namespace {

constexpr int http_timeout_seconds = 5;

Result<std::string> read_body(std::istream& in, const std::string& url) {
    std::string out;
    char chunk[16 * 1024];
    while (in.read(chunk, sizeof chunk), in.gcount() > 0) {
        out.append(chunk, static_cast<size_t>(in.gcount()));
        if (out.size() > tool_file_bytes_max) {
            return fail(Errc::invalid, fmt::format("{}: the answer has more than {} bytes", url,
                                                   tool_file_bytes_max));
        }
    }
    return out;
}

Result<HttpAnswer> send(const std::string& method, const std::string& url,
                        const std::string& content_type, std::string_view body) {
    try {
        const Poco::URI uri(url);
        if (uri.getScheme() == "https")
            return fail(Errc::unsupported, fmt::format("{}: https is not supported yet", url));
        if (uri.getScheme() != "http")
            return fail(Errc::invalid, fmt::format("{}: expected an http URL", url));
        Poco::Net::HTTPClientSession session(uri.getHost(), uri.getPort());
        session.setTimeout(Poco::Timespan(http_timeout_seconds, 0));
        Poco::Net::HTTPRequest request(method,
                                       uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery(),
                                       Poco::Net::HTTPMessage::HTTP_1_1);
        if (!content_type.empty()) request.setContentType(content_type);
        request.setContentLength64(static_cast<Poco::Int64>(body.size()));
        session.sendRequest(request).write(body.data(), static_cast<std::streamsize>(body.size()));
        Poco::Net::HTTPResponse response;
        auto text = read_body(session.receiveResponse(response), url);
        if (!text) return pass(text);
        return HttpAnswer{response.getStatus(), std::move(*text)};
    } catch (const Poco::Exception& e) {
        return fail(Errc::unavailable, fmt::format("{}: {}", url, e.displayText()));
    }
}

}  // namespace

Result<HttpAnswer> http_get(const std::string& url) {
    return send("GET", url, "", "");
}

Result<HttpAnswer> http_post(const std::string& url, const std::string& content_type,
                             std::string_view body) {
    return send("POST", url, content_type, body);
}

Result<std::string> read_file_or_url(const Context& context, const std::string& place) {
    if (place.find("://") == std::string::npos) return read_file(context.expand(place));
    auto answer = http_get(place);
    if (!answer) return pass(answer);
    constexpr int last_good_status = 299;
    if (answer->status > last_good_status)
        return fail(fmt::format("error reading \"{}\": {}", place, answer->status));
    return std::move(answer->body);
}

}  // namespace midge::tools
