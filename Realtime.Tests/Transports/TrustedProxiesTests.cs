using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Realtime.Node.Telemetry;
using Realtime.Node.Transports;
using Realtime.Tests.Support;

namespace Realtime.Tests.Transports;

/// <summary>Whose word on where a client is counts.</summary>
public sealed class TrustedProxiesTests
{
    private const string Trusted = "10.0.0.0/8";

    [Theory]
    [InlineData("10.1.2.3", "203.0.113.7", "203.0.113.7")]
    [InlineData("::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.2.3", "203.0.113.7:4711", "203.0.113.7")]
    [InlineData("10.1.2.3", "[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("10.1.2.3", "2001:db8::7", "2001:db8::7")]
    [InlineData("10.1.2.3", "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.2.3", "198.51.100.1, 203.0.113.7, 10.9.9.9", "203.0.113.7")]
    [InlineData("10.1.2.3", "127.0.0.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("10.1.2.3", "203.0.113.7, unknown", "10.1.2.3")]
    [InlineData("10.1.2.3", "", "10.1.2.3")]
    [InlineData("10.1.2.3", null, "10.1.2.3")]
    [InlineData("192.168.1.1", "203.0.113.7", "192.168.1.1")]
    [InlineData("127.0.0.1", "203.0.113.7", "127.0.0.1")]
    [InlineData("203.0.113.1", "198.51.100.1", "203.0.113.1")]
    public async Task Only_what_a_trusted_proxy_has_written_counts(string peer, string? header, string client) =>
        (await AddressAsync([Trusted], peer, header)).ShouldBe(client);

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("203.0.113.1")]
    public async Task Without_a_trusted_proxy_nobody_is_believed(string peer) => (await AddressAsync([], peer, "203.0.113.7")).ShouldBe(peer);

    [Fact]
    public async Task An_operator_hears_once_of_a_proxy_that_is_not_named()
    {
        using var log = new CollectedLog();
        var pipeline = Pipeline([Trusted], log.CreateLogger("proxies"));
        await pipeline(Request("10.1.2.3", "203.0.113.7"));
        log.Lines.ShouldBeEmpty();

        await pipeline(Request("192.168.1.1", "203.0.113.7"));
        await pipeline(Request("192.168.1.1", "203.0.113.8"));

        log.Lines.ShouldHaveSingleItem().Event.ShouldBe(LogEvents.UntrustedProxy);
    }

    private static async Task<string> AddressAsync(string[] trusted, string peer, string? header)
    {
        var context = Request(peer, header);
        await Pipeline(trusted)(context);
        var address = context.Connection.RemoteIpAddress!;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private static RequestDelegate Pipeline(string[] trusted, ILogger? logger = null)
    {
        var app = new ApplicationBuilder(new ServiceCollection().AddLogging().AddOptions().BuildServiceProvider());
        app.UseTrustedProxies([.. trusted.Select(text => IPNetwork.Parse(text))], logger);
        app.Run(_ => Task.CompletedTask);
        return app.Build();
    }

    private static DefaultHttpContext Request(string peer, string? header)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        context.Request.Headers["X-Forwarded-For"] = header;
        return context;
    }
}
