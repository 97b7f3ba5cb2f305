using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Realtime.Node.Cluster;

/// <summary>
/// The node's actor system, in a service provider of its own: an application that hosts the node may have an <see cref="ActorSystem"/> itself,
/// and neither finds the other's.
/// </summary>
internal sealed class NodeActorSystem : IAsyncDisposable
{
    private const string Name = "realtime";

    private readonly ServiceProvider _services;
    private readonly IHostedService _akka;
    private ActorSystem? _system;
    private Task? _stopping;

    private NodeActorSystem(ServiceProvider services)
    {
        _services = services;
        _akka = services.GetServices<IHostedService>().Single();
    }

    public ActorSystem System => _system ?? throw new InvalidOperationException("The actor system has not started.");

    public IActorRegistry Actors => _services.GetRequiredService<ActorRegistry>();

    /// <summary>Completes when the actor system has ended, whoever ended it.</summary>
    public Task Ended => System.WhenTerminated;

    /// <summary>Starts it and everything that was registered, in the order of registration.</summary>
    /// <exception cref="InvalidOperationException">It did not start. The log says why.</exception>
    public static async Task<NodeActorSystem> StartAsync(
        ILoggerFactory loggers, Action<AkkaConfigurationBuilder> configure, CancellationToken cancellation)
    {
        var lifetime = new OwnLifetime();
        var services = new ServiceCollection();
        services.AddSingleton(loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton<IHostApplicationLifetime>(lifetime);
        services.AddAkka(Name, (akka, _) => configure(akka));
        var started = new NodeActorSystem(services.BuildServiceProvider());
        try
        {
            // Here and not by the service, which would keep the reason to itself: the address cannot be listened on, for instance.
            started._system = started._services.GetRequiredService<ActorSystem>();
            await started._akka.StartAsync(cancellation).WaitAsync(cancellation).ConfigureAwait(false);
            return lifetime.HasStopped
                ? throw new InvalidOperationException("The actor system did not start; the log says why.")
                : started;
        }
        catch
        {
            await started.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Leaves the cluster and ends the actor system: the whole coordinated shutdown, once.</summary>
    public Task StopAsync() => _stopping ??= _akka.StopAsync(CancellationToken.None);

    /// <summary>Ends the actor system as it is. Nothing is handed over and nothing is written.</summary>
    public Task EndAsync() => System.Terminate();

    public async ValueTask DisposeAsync()
    {
        if (_system is { } system)
        {
            // Does nothing when it has ended already.
            await system.Terminate().ConfigureAwait(false);
        }

        await _services.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Where Akka.Hosting says that it could not start, or that the actor system has ended. It must not stop the application itself.</summary>
    private sealed class OwnLifetime : IHostApplicationLifetime
    {
        private volatile bool _hasStopped;

        public bool HasStopped => _hasStopped;

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication() => _hasStopped = true;
    }
}
