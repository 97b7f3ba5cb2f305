using Realtime.Node.Auth;

namespace Realtime.Tests.Auth;

/// <summary>Pages of a cluster's nodes may connect to every node of it.</summary>
public sealed class NodeOriginsTests
{
    private readonly NodeOrigins _nodes = new();
    private readonly OriginPolicy _policy;

    public NodeOriginsTests() => _policy = new OriginPolicy([], _nodes);

    [Theory]
    [InlineData("ws://node-1.example.com", "http://node-1.example.com", true)]
    [InlineData("wss://node-1.example.com", "https://node-1.example.com", true)]
    [InlineData("wss://node-1.example.com:443", "https://node-1.example.com", true)]
    [InlineData("wss://Node-1.Example.com:8443/rt", "https://node-1.example.com:8443", true)]
    [InlineData("wss://bücher.example", "https://xn--bcher-kva.example", true)]
    [InlineData("ws://[2001:db8::7]:8080", "http://[2001:db8::7]:8080", true)]
    [InlineData("wss://node-1.example.com", "http://node-1.example.com", false)]
    [InlineData("ws://node-1.example.com", "https://node-1.example.com", false)]
    [InlineData("wss://node-1.example.com:8443", "https://node-1.example.com", false)]
    [InlineData("wss://node-1.example.com", "https://node-2.example.com", false)]
    [InlineData("wss://node-1.example.com", "https://node-1.example.com.evil.org", false)]
    [InlineData("https://node-1.example.com", "https://node-1.example.com", false)]
    [InlineData("nonsense", "http://nonsense", false)]
    public void A_page_of_a_node_is_known_by_where_clients_reach_that_node(string clientUrl, string page, bool allowed)
    {
        _nodes.Hear([clientUrl, null]);

        Allows(page).ShouldBe(allowed);
    }

    [Theory]
    [InlineData("ws://localhost:8081", "http://127.0.0.1:8081", true)]
    [InlineData("ws://localhost:8081", "http://[::1]:8081", true)]
    [InlineData("ws://127.0.0.1:8081", "http://localhost:8081", true)]
    [InlineData("ws://localhost:8081", "http://localhost:8083", false)]
    [InlineData("ws://localhost:8081", "http://evil.localhost:8081", false)]
    [InlineData("ws://10.0.0.1:8081", "http://localhost:8081", false)]
    public void On_loopback_the_names_of_the_machine_are_one(string clientUrl, string page, bool allowed)
    {
        _nodes.Hear([clientUrl]);

        Allows(page).ShouldBe(allowed);
    }

    [Fact]
    public void The_page_of_a_node_that_is_gone_may_still_connect()
    {
        _nodes.Hear(["ws://a.test", "ws://b.test"]);
        _nodes.Hear(["ws://b.test"]);
        _nodes.Hear([]);

        Allows("http://a.test").ShouldBeTrue();
    }

    [Fact]
    public void Of_more_addresses_than_there_can_be_nodes_those_of_now_are_kept()
    {
        foreach (var i in Enumerable.Range(0, 1_000))
        {
            _nodes.Hear([$"ws://n{i}.test", "ws://b.test"]);
        }

        Allows("http://n0.test").ShouldBeFalse();
        Allows("http://n999.test").ShouldBeTrue();
        Allows("http://b.test").ShouldBeTrue();
    }

    [Fact]
    public void A_node_alone_knows_no_others() => new OriginPolicy([]).Allows("http://a.test", "http", "localhost:8080").ShouldBeFalse();

    private bool Allows(string page) => _policy.Allows(page, "http", "localhost:8082");
}
