using Microsoft.Extensions.Configuration;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;

namespace Realtime.Tests.Webhooks;

/// <summary>What may be configured of webhooks: a fault names the option.</summary>
public sealed class WebhookOptionsTests
{
    private static readonly (string, string)[] Right =
    [
        ("Endpoints:app:Url", "https://app.example.com/realtime"), ("Endpoints:app:Secrets", Endpoint.Secret), ("Endpoints:app:Hooks", "connect, publish, members"),
    ];

    [Fact]
    public void A_right_one_is_read()
    {
        var settings = Read(isDevelopment: false, Right).Settings.Webhooks;

        var endpoint = settings.Endpoints.Single();
        (endpoint.Name, endpoint.Url.Host, settings.AllowsLoopback, settings.AllowsPrivate).ShouldBe(("app", "app.example.com", false, false));
        endpoint.Secrets.ShouldBe([Endpoint.Secret]);
    }

    [Theory]
    [InlineData("Endpoints:app:Url", "ftp://app.example.com", "Realtime:Webhooks:Endpoints:app:Url")]
    [InlineData("Endpoints:app:Url", "/realtime", "Realtime:Webhooks:Endpoints:app:Url")]
    [InlineData("Endpoints:app:Url", "https://ann:pw@app.example.com", "Realtime:Webhooks:Endpoints:app:Url")]
    [InlineData("Endpoints:app:Url", "http://app.example.com", "Realtime:Webhooks:Endpoints:app:Url must begin with https://")]
    [InlineData("Endpoints:app:Secrets", "short", "Realtime:Webhooks:Endpoints:app:Secrets:0")]
    [InlineData("Endpoints:app:Secrets", "", "Realtime:Webhooks:Endpoints:app:Secrets")]
    [InlineData("Endpoints:app:Hooks", "", "Realtime:Webhooks:Endpoints:app:Hooks")]
    [InlineData("Endpoints:app:Hooks", "connect,conect", "Realtime:Webhooks:Endpoints:app:Hooks:1")]
    [InlineData("Endpoints:app:Channels", "chat:*,*:b", "Realtime:Webhooks:Endpoints:app:Channels:1")]
    [InlineData("Endpoints:app:Methods", "buy", "Realtime:Webhooks:Endpoints:app:Methods")]
    [InlineData("Endpoints:app:Timeout", "11s", "Realtime:Webhooks:Endpoints:app:Timeout")]
    [InlineData("Endpoints:app:Concurrency", "0", "Realtime:Webhooks:Endpoints:app:Concurrency")]
    [InlineData("Endpoints:app:Queue", "-1", "Realtime:Webhooks:Endpoints:app:Queue")]
    [InlineData("Endpoints:app:ResponseBytes", "1", "Realtime:Webhooks:Endpoints:app:ResponseBytes")]
    [InlineData("Endpoints:app:EventConcurrency", "0", "Realtime:Webhooks:Endpoints:app:EventConcurrency")]
    [InlineData("Endpoints:app:OnFailure:Connect", "Maybe", "Realtime:Webhooks:Endpoints:app:OnFailure:Connect")]
    [InlineData("Endpoints:app:OnFailure:Call", "Allow", "Realtime:Webhooks:Endpoints:app:OnFailure:Call")]
    [InlineData("Endpoints:handlers:Url", "https://app.example.com", "Realtime:Webhooks:Endpoints:handlers ")]
    [InlineData("AllowedNetworks", "10.0.0.0/8,10.1.2.3/40", "Realtime:Webhooks:AllowedNetworks:1")]
    public void A_wrong_one_is_refused_by_its_name(string key, string value, string fault)
    {
        var faults = Should.Throw<RealtimeConfigurationException>(() => Read(isDevelopment: false, [.. Right, (key, value)])).Faults;

        faults.ShouldContain(line => line.StartsWith(fault, StringComparison.Ordinal));
        faults.ShouldNotContain(line => line.Contains("pw@", StringComparison.Ordinal) || line.Contains("short", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_TLS_is_allowed_in_development_and_where_it_is_said()
    {
        (string, string)[] open = [.. Right, ("Endpoints:app:Url", "http://localhost:3000/")];

        Read(isDevelopment: true, open).Settings.Webhooks.AllowsLoopback.ShouldBeTrue();
        Read(isDevelopment: false, [.. open, ("AllowHttp", "true")]).Settings.Webhooks.AllowsLoopback.ShouldBeFalse();
        Should.Throw<RealtimeConfigurationException>(() => Read(isDevelopment: true, [.. open, ("AllowHttp", "false")]));
    }

    [Fact]
    public void The_keys_are_in_no_report()
    {
        var configuration = Read(isDevelopment: false, Right);

        configuration.Effective().ShouldNotContain(line => line.Value.Contains(Endpoint.Secret, StringComparison.Ordinal));
        configuration.Effective().ShouldContain(line => line.Key == "Realtime:Webhooks:Endpoints:app:Secrets");
    }

    private static NodeConfiguration Read(bool isDevelopment, params (string Key, string Value)[] entries) => NodeConfiguration.Read(
        new ConfigurationBuilder()
            .AddInMemoryCollection(entries.GroupBy(entry => entry.Key).Select(group => KeyValuePair.Create("Realtime:Webhooks:" + group.Key, (string?)group.Last().Value)))
            .Build(),
        isDevelopment: isDevelopment);
}
