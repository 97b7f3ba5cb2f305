using Realtime.Node.Auth;
using Realtime.Node.Gateway;

namespace Realtime.Tests.Auth;

public sealed class OriginPolicyTests
{
    private readonly OriginPolicy _policy = new(["https://app.example.com", "http://localhost:5173"]);

    [Theory]
    [InlineData(null, true)]
    [InlineData("https://app.example.com", true)]
    [InlineData("HTTPS://APP.example.com", true)]
    [InlineData("http://localhost:5173", true)]
    [InlineData("https://node.example.com:8443", true)]
    [InlineData("http://node.example.com:8443", false)]
    [InlineData("https://node.example.com", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("https://app.example.com:444", false)]
    [InlineData("https://app.example.com.evil.org", false)]
    [InlineData("https://evilapp.example.com", false)]
    [InlineData("https://app.example.com@evil.org", false)]
    [InlineData("https://evil.org", false)]
    [InlineData("https://xn--pp-fka.example.com", false)]
    [InlineData("null", false)]
    [InlineData("*", false)]
    public void Pages_of_the_node_and_of_listed_origins_may_connect(string? origin, bool allowed) =>
        _policy.Allows(origin, "https", "node.example.com:8443").ShouldBe(allowed);

    [Theory]
    [InlineData("https://app.example.com:443", "https://app.example.com", true)]
    [InlineData("https://app.example.com", "https://app.example.com:443", true)]
    [InlineData("http://app.example.com:80", "http://app.example.com", true)]
    [InlineData("http://app.example.com:443", "http://app.example.com", false)]
    [InlineData("https://app.example.com:80", "https://app.example.com", false)]
    [InlineData("HTTPS://App.Example.Com", "https://app.example.com", true)]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://BÜCHER.example:8443", "https://xn--bcher-kva.example:8443", true)]
    [InlineData("https://xn--bcher-kva.example", "https://xn--bcher-kva.example", true)]
    [InlineData("https://例え.テスト", "https://xn--r8jz45g.xn--zckzah", true)]
    [InlineData("https://bücher.example", "https://bucher.example", false)]
    [InlineData("http://[::1]:5173", "http://[::1]:5173", true)]
    [InlineData("http://[0:0:0:0:0:0:0:1]", "http://[::1]", true)]
    [InlineData("https://app.example.com", "https://app.example.com.", false)]
    [InlineData("https://app.example.com", "https://app.example.com/", false)]
    [InlineData("https://app.example.com", "https://app.example.com https://evil.org", false)]
    public void Origins_compare_by_scheme_host_and_port_however_they_are_written(string listed, string sent, bool allowed) =>
        new OriginPolicy([listed]).Allows(sent, "http", "localhost:8080").ShouldBe(allowed);

    [Theory]
    [InlineData("http://chat.example", "http", "chat.example:80", true)]
    [InlineData("http://chat.example", "http", "CHAT.example", true)]
    [InlineData("https://chat.example", "https", "chat.example:443", true)]
    [InlineData("https://chat.example", "http", "chat.example", false)]
    [InlineData("http://[::1]:8080", "http", "[::1]:8080", true)]
    [InlineData("http://chat.example", "http", "", false)]
    public void The_nodes_own_page_is_known_whether_or_not_a_proxy_writes_the_port(string sent, string scheme, string host, bool allowed) =>
        _policy.Allows(sent, scheme, host).ShouldBe(allowed);

    [Theory]
    [InlineData("*", true)]
    [InlineData("https://app.example.com:443", true)]
    [InlineData("https://bücher.example", true)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("ftp://app.example.com", false)]
    [InlineData("app.example.com", false)]
    [InlineData("https://*.example.com", false)]
    [InlineData("https://app.example.com/", false)]
    [InlineData("https://user@app.example.com", false)]
    [InlineData("https://app.example.com:99999", false)]
    [InlineData("https://bü..example", false)]
    [InlineData("https://", false)]
    [InlineData("", false)]
    public void What_can_never_match_a_page_is_no_origin(string text, bool good) => OriginPolicy.IsOrigin(text).ShouldBe(good);

    [Fact]
    public void A_star_lets_any_page_in()
    {
        var policy = new OriginPolicy(["*"]);

        policy.Allows("https://anything.example", "http", "localhost:8080").ShouldBeTrue();
        policy.Allows("null", "http", "localhost:8080").ShouldBeTrue();
    }
}
