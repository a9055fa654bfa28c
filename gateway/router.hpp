// Which routes does a message take? One tree of segments per source connection; a message goes to every route
// that matches. HTTP goes to the most specific one. Immutable; belongs to one table.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/routing_table.hpp"

namespace gateway {

struct HttpMatch {
    enum class Kind : std::uint8_t { found, no_path, wrong_method };
    Kind kind = Kind::no_path;
    const Route* route = nullptr;
    Captures captures;
    std::vector<std::string> allowed;  // methods, for 405 and OPTIONS
};

class Router {
public:
    explicit Router(std::shared_ptr<const RoutingTable> table);
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    using Visit = std::function<void(const Route&, Captures&&)>;
    void match_mqtt(std::string_view broker, std::string_view topic, const Visit& visit) const;
    void match_happn(std::string_view mesh, std::string_view path, const Visit& visit) const;
    /// `path` as received, without the query, still percent-encoded.
    HttpMatch match_http(std::string_view method, std::string_view path) const;
    const Route* match_call(std::string_view component, std::string_view method) const;

    const std::shared_ptr<const RoutingTable>& table() const { return table_; }

private:
    struct Index;
    std::shared_ptr<const RoutingTable> table_;
    std::unique_ptr<Index> index_;
};

}  // namespace gateway
