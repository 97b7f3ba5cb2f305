using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Node.Cluster;
using Realtime.Node.Hosting;
using Realtime.Node.Operations;
using Realtime.Node.Persistence.Journal;

namespace Realtime.Tests.Operations;

/// <summary>One node on a store in memory, in this process.</summary>
public sealed class LoneNode : IAsyncLifetime
{
    private OperatedApp? _node;

    public Journals Journals => Node.Services.GetRequiredService<Journals>();

    public NodeReadiness Readiness => Node.Services.GetRequiredService<NodeReadiness>();

    public IActorRef StandingWatch => Operated.Actors.Get<ClusterStandingWatch>();

    public ActorSystem System => ((IInternalActorRef)StandingWatch).Provider.Guardian.Underlying.System;

    internal OperatedApp Node => _node ?? throw new InvalidOperationException("The node has not started.");

    private OperatedNode Operated => Node.Services.GetRequiredService<NodeRuntime>().Operated;

    public async ValueTask InitializeAsync() =>
        _node = await OperatedApp.StartAsync("a", ("MaxConnections", "1234"), ("Cluster:ClientUrl", "wss://a.example.com"));

    public async ValueTask DisposeAsync() => await Node.DisposeAsync();
}
