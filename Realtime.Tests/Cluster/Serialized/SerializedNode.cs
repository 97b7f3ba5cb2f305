using System.Text;
using System.Text.Json.Nodes;
using Akka.Actor;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Realtime.Client;
using Realtime.Node.Hosting;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Namespaces;
using Realtime.Tests.Support;

namespace Realtime.Tests.Cluster.Serialized;

/// <summary>A whole node or lighthouse in this process, each of whose messages goes through its serializer.</summary>
internal sealed class SerializedNode : IAsyncDisposable
{
    private static readonly string Overrides = $$"""
        akka.actor {
          serialize-messages = on
          serializers.json = "{{typeof(PassingSerializer).FullName}}, {{typeof(PassingSerializer).Assembly.GetName().Name}}"

          # Of its remoting, to itself: with whatever exceptions carry.
          serialization-bindings."Akka.Actor.Status+Failure, Akka" = json
        }
        """;

    private readonly WebApplication _app;
    private readonly CollectedLog _log;
    private readonly HttpClient _http = new();

    private SerializedNode(string name, WebApplication app, CollectedLog log) => (Name, _app, _log) = (name, app, log);

    public string Name { get; }

    public Uri Url => new(_app.Urls.Single());

    public ActorSystem System => Runtime.OperatedCluster.System();

    /// <summary>What no message should have come to: it could not be sent as it is, or was not understood.</summary>
    public IReadOnlyList<string> Failures =>
    [
        .. _log.Lines.Where(line => line.Level >= LogLevel.Error || IsOfSerialization(line.Text) || (line.Exception is { } fault && IsOfSerialization(fault.ToString())))
            .Select(line => $"{Name}: {line.Level} {line.Category} {line.Text} {line.Exception}"),
    ];

    /// <summary>All that it has said, for whoever has to find out why.</summary>
    public string Lines => string.Join('\n', _log.Lines.Select(line => $"{Name}: {line.Level} {line.Category} {line.Text} {line.Exception}"));

    private NodeRuntime Runtime => _app.Services.GetRequiredService<NodeRuntime>();

    public static async Task<SerializedNode> StartAsync(string name, string store, ProgramRole role = ProgramRole.Node)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Logging.ClearProviders();
        var log = new CollectedLog();
        builder.Services.AddSingleton<ILoggerFactory>(log);
        var url = $"http://127.0.0.1:{FreePort.Take()}";
        builder.WebHost.UseUrls(url);
        var configuration = NodeConfiguration.Read(
            builder.Configuration,
            options =>
            {
                options.Node = name;
                options.Store = store;
                options.Cluster.ClientUrl = role is ProgramRole.Node ? url.Replace("http", "ws", StringComparison.Ordinal) : null;
                options.Namespaces["room"] = new NamespaceOptions { Presence = true };
                options.Namespaces["mem"] = new NamespaceOptions { Durability = Durability.Memory };
                options.Namespaces["cursor"] = new NamespaceOptions { Durability = Durability.None };
            },
            role,
            isDevelopment: true);
        builder.AddRealtime(configuration);
        builder.Services.AddSingleton(configuration.Settings with { Actors = configuration.Settings.Actors with { Overrides = Overrides } });
        var app = builder.Build();
        app.MapRealtime();
        app.MapRealtimeOperator();
        var node = new SerializedNode(name, app, log);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken).Within($"{name} to start");
            return node;
        }
        catch (Exception fault) when (fault is TimeoutException or InvalidOperationException)
        {
            throw new InvalidOperationException($"{name} did not start: {string.Join('\n', log.Lines.Select(line => $"{line.Text} {line.Exception}"))}", fault);
        }
    }

    public async Task<RealtimeClient> ConnectAsync()
    {
        var client = new RealtimeClient(new RealtimeClientOptions { Url = Url, ConnectTimeout = TimeSpan.FromSeconds(5) });
        await client.ConnectAsync().Within($"a client to connect to {Name}");
        return client;
    }

    /// <summary>What an operator is answered.</summary>
    public async Task<JsonNode> LookAsync(string question)
    {
        using var answer = await _http.GetAsync(new Uri(Url, $"/operator/v1/{question}"), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{question}: {text}");
        return JsonNode.Parse(text)!;
    }

    public async Task ActAsync(string action, string body = "{}")
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(new Uri(Url, $"/operator/v1/{action}"), content, TestContext.Current.CancellationToken);
        answer.IsSuccessStatusCode.ShouldBeTrue($"{action}: {await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)}");
    }

    /// <summary>As at SIGTERM: its clients go to other nodes, and then it leaves.</summary>
    public Task StopAsync() => _app.StopAsync().Within($"{Name} to stop");

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static bool IsOfSerialization(string text) => text.Contains("serializ", StringComparison.OrdinalIgnoreCase);
}
