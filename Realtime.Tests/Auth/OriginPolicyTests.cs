using Realtime.Cluster.Routing;
using Realtime.Node.Auth;

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

    [Fact]
    public void A_star_lets_any_page_in()
    {
        var policy = new OriginPolicy(["*"]);

        policy.Allows("https://anything.example", "http", "localhost:8080").ShouldBeTrue();
        policy.Allows("null", "http", "localhost:8080").ShouldBeTrue();
    }
}
