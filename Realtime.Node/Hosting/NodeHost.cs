using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Realtime.Node.Configuration;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Hosting.Logging;
using Realtime.Node.Operations.Listener;
using Realtime.Node.Operations.Logs;
using Realtime.Node.Persistence.Store;
using Realtime.Node.Telemetry;
using Serilog;
using Serilog.Extensions.Logging;

namespace Realtime.Node.Hosting;

/// <summary>The node as a program of its own: sources of configuration, web server, logging, and an exit code for every way to fail.</summary>
public static class NodeHost
{
    /// <summary>How long the host may take to stop once all connections have been drained.</summary>
    private static readonly TimeSpan HostStopTimeout = TimeSpan.FromSeconds(5);

    /// <param name="checkOnly">Prints the configuration, or what is wrong with it, and ends.</param>
    public static async Task<int> RunAsync(
        IReadOnlyDictionary<string, string?> overrides, bool checkOnly, TextWriter output, TextWriter faults, ProgramRole role = ProgramRole.Node)
    {
        WebApplication app;
        NodeConfiguration configuration;
        try
        {
            var builder = role is ProgramRole.Node
                ? ProgramBuilder.Create("Realtime.Node", overrides)
                : ProgramBuilder.Create("Realtime.Lighthouse", overrides, "lighthouse");
            configuration = ReadConfiguration(builder.Configuration, role, builder.Environment.IsDevelopment());
            if (checkOnly)
            {
                await PrintAsync(configuration, builder.Configuration, output);
                return ExitCodes.Success;
            }

            app = Build(builder, configuration);
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

    private static NodeConfiguration ReadConfiguration(IConfiguration configuration, ProgramRole role, bool isDevelopment)
    {
        var logging = SerilogSetup.Fault(configuration);
        try
        {
            var read = NodeConfiguration.Read(configuration, role: role, isDevelopment: isDevelopment);
            return logging is null ? read : throw new RealtimeConfigurationException([logging]);
        }
        catch (RealtimeConfigurationException bad) when (logging is not null && !bad.Faults.Contains(logging))
        {
            throw new RealtimeConfigurationException([.. bad.Faults, logging]);
        }
    }

    private static async Task PrintAsync(NodeConfiguration configuration, IConfiguration sources, TextWriter output)
    {
        foreach (var line in configuration.Report(sources))
        {
            await output.WriteLineAsync(line);
        }

        var settings = configuration.Settings;
        await output.WriteLineAsync();
        await output.WriteLineAsync($"The configuration is good: {(settings.Role is ProgramRole.Node ? "node" : "lighthouse")} {settings.Node}, port {settings.Port}, store {configuration.Store}, {settings.Namespaces.All.Count} namespaces.");
    }

    internal static WebApplication Build(WebApplicationBuilder builder, NodeConfiguration configuration)
    {
        AddLogging(builder, configuration);
        var operators = configuration.Settings.Operator is null ? null : new OperatorListener();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, configuration.Settings, operators));
        BoundSockets.AddTo(builder.Services, KestrelSetup.Addresses(configuration.Settings));
        if (operators is not null)
        {
            builder.Services.AddOperatorListener(operators);
            builder.Services.AddSingleton(OperatorRules.ToPolicy(
                configuration.Options.Operator, WebListener.IsLoopback(configuration.Settings.Operator!.Address)));
        }

        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = HostStopTimeout);
        builder.AddRealtime(configuration);

        var app = builder.Build();
        app.UseMiddleware<RequestLog>();
        var names = new NameCheck(configuration.Settings);
        app.UseWhen(context => !OperatorListener.Took(context), clients =>
        {
            clients.Use(names.InvokeAsync);
            if (configuration.Settings.Role is ProgramRole.Node)
            {
                clients.UseDemoPage();
            }
        });
        app.MapRealtime();
        if (operators is not null)
        {
            app.MapOperatorListener();
        }

        return app;
    }

    /// <summary>Levels are decided before Serilog sees a message, so that operators can change them; Serilog writes what is left.</summary>
    private static void AddLogging(WebApplicationBuilder builder, NodeConfiguration configuration)
    {
        var options = configuration.Options.Log;
        var ring = new LogRing();
        var configured = SerilogSetup.CreateLevels(builder.Configuration, options);
        var levels = new LogLevels(
            (category, level) => configured.ForContext(Serilog.Core.Constants.SourceContextPropertyName, category).IsEnabled(level),
            SerilogSetup.OwnLevels(builder.Configuration),
            TimeProvider.System);
        var logger = SerilogSetup.CreateLogger(builder.Configuration, options, builder.Environment.IsDevelopment(), ring, allLevels: true);

        // In this order: Serilog asks for everything with a rule of its own, and the last rule counts.
        builder.Logging.SetMinimumLevel(LogLevel.Trace)
            .AddSerilog(logger, dispose: true)
            .AddFilter<SerilogLoggerProvider>(levels.IsEnabled)

            // Its lines are not written (query strings carry tickets), and its activity and scope would live as long as the connection.
            .AddFilter<SerilogLoggerProvider>("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        builder.Services.AddSingleton(ring);
        builder.Services.AddSingleton(levels);
    }

    private static async Task<int> RunAsync(WebApplication app, TextWriter faults)
    {
        // Asked for before the application is disposed: afterwards it cannot be.
        var stopping = app.Lifetime.ApplicationStopping;
        var code = ExitCodes.Success;
        try
        {
            // Disposes the application whatever happens, and with it the store.
            var runtime = app.Services.GetRequiredService<NodeRuntime>();
            runtime.Failed += why =>
            {
                faults.WriteLine($"This node cannot go on: {why}.");
                code = ExitCodes.LostMembership;
                app.Lifetime.StopApplication();
            };
            await app.RunAsync();
            return code;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop before it had started: a stop, and no fault, unless the node asked itself.
            return code;
        }
        catch (Exception) when (code is not ExitCodes.Success)
        {
            // The node has said why it ends. What the rest of its start met then follows from that.
            return code;
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
