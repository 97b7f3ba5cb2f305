using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Realtime.Cluster.Journal;
using Realtime.Node.Auth;
using Realtime.Node.Configuration;
using Realtime.Node.Gateway;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Telemetry;
using Serilog;

namespace Realtime.Lighthouse;

/// <summary>The lighthouse as a program: configuration, web server, logging, and an exit code for every way to fail.</summary>
internal static class LighthouseHost
{
    /// <summary>Answers come from memory: whoever is still being answered needs no longer than this.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string?> overrides, bool checkOnly, TextWriter output, TextWriter faults)
    {
        WebApplication app;
        LighthouseConfiguration configuration;
        try
        {
            var builder = ProgramBuilder.Create("Realtime.Lighthouse", overrides);
            configuration = LighthouseConfiguration.Read(builder.Configuration);
            if (checkOnly)
            {
                await PrintAsync(configuration, builder.Configuration, output);
                return ExitCodes.Success;
            }

            var logger = SerilogSetup.CreateLogger(builder.Configuration, configuration.Options.Log, builder.Environment.IsDevelopment());
            builder.Logging.SetMinimumLevel(LogLevel.Trace).AddSerilog(logger, dispose: true);
            app = Build(builder, configuration, ViewReaders.Create(configuration.Store, TimeProvider.System), TimeProvider.System);
        }
        catch (RealtimeConfigurationException bad)
        {
            foreach (var fault in bad.Faults)
            {
                await faults.WriteLineAsync(fault);
            }

            return ExitCodes.BadConfiguration;
        }

        return await RunAsync(app, faults);
    }

    /// <summary>Disposes the reader with the application.</summary>
    internal static WebApplication Build(WebApplicationBuilder builder, LighthouseConfiguration configuration, IViewReader store, TimeProvider time)
    {
        var options = configuration.Options;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            WebListener.Limit(kestrel, options.MaxConnections);
            kestrel.Limits.MaxRequestBodySize = 0;
            WebListener.Listen(kestrel, options.Address!, options.Port);
            if (options.Operator.Enabled)
            {
                WebListener.Listen(kestrel, options.Operator.Address!, options.Operator.Listening(options.Port).ChosenPort, new OperatorListener().Mark);
            }
        });
        BoundSockets.AddTo(builder.Services, Addresses(options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = StopTimeout);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(_ => store);
        builder.Services.AddSingleton<ViewFollower>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ViewFollower>());
        if (options.Operator.Enabled)
        {
            builder.Services.AddOperator(options.Operator);
        }

        var app = builder.Build();
        var follower = app.Services.GetRequiredService<ViewFollower>();
        var gateway = new GatewayEndpoint(new GatewaySource(follower, configuration, time).Desk, new OriginPolicy([.. options.Origins]), time);
        app.MapMethods(GatewayEndpoint.Path, [HttpMethods.Get, HttpMethods.Options], gateway.HandleAsync);
        app.MapReports(follower, store, options.Cluster, time);
        if (options.Operator.Enabled)
        {
            app.MapOperator(follower);
        }

        app.Lifetime.ApplicationStarted.Register(() => SayStarted(app, options.Operator.Enabled, store.Description));
        return app;
    }

    private static IReadOnlyList<ListeningAddress> Addresses(LighthouseOptions options) =>
    [
        new ListeningAddress(options.Address!, options.Port, "--port"),
        .. options.Operator.Enabled
            ? [new ListeningAddress(options.Operator.Address!, options.Operator.Listening(options.Port).ChosenPort, "--operator-port")]
            : Array.Empty<ListeningAddress>(),
    ];

    private static void SayStarted(WebApplication app, bool operators, string store)
    {
        List<string> addresses = [.. app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Select(WebListener.Readable) ?? []];

        // Listened to last, and named last.
        var own = operators && addresses.Count > 1;
        app.Logger.LighthouseStarted(string.Join(", ", own ? addresses.SkipLast(1) : addresses), own ? addresses[^1] : "none", store);
    }

    private static async Task PrintAsync(LighthouseConfiguration configuration, IConfiguration sources, TextWriter output)
    {
        // The store's connection may carry a password; its description does not.
        var derived = new Dictionary<string, string> { [$"{LighthouseOptions.Section}:Store"] = configuration.Store.ToString()! };
        if (configuration.Options.Operator is { Enabled: true } own)
        {
            derived[$"{LighthouseOptions.Section}:Operator:Port"] = $"{own.Listening(configuration.Options.Port).ChosenPort}";
        }

        foreach (var line in EffectiveConfiguration.Report(LighthouseOptions.Section, configuration.Options, derived, sources))
        {
            await output.WriteLineAsync(line);
        }

        await output.WriteLineAsync($"The configuration is good: port {configuration.Options.Port}, store {configuration.Store}.");
    }

    private static async Task<int> RunAsync(WebApplication app, TextWriter faults)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            await app.RunAsync();
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop before it had started.
            return ExitCodes.Success;
        }
        catch (StoreFaultException fault)
        {
            await faults.WriteLineAsync(fault.Message);
            return ExitCodes.Of(fault.Fault);
        }
        catch (ListenFaultException fault)
        {
            await faults.WriteLineAsync(fault.Message);
            return fault.ExitCode;
        }
    }
}
