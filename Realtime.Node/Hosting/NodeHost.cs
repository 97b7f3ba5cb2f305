using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Membership;
using Realtime.Node.Hosting.Configuration;
using Realtime.Node.Hosting.Logging;
using Serilog;

namespace Realtime.Node.Hosting;

/// <summary>The node as a program of its own: sources of configuration, web server, logging, and an exit code for every way to fail.</summary>
public static class NodeHost
{
    /// <summary>How long the host may take to stop once all connections have been drained.</summary>
    private static readonly TimeSpan HostStopTimeout = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string?> overrides, bool checkOnly, TextWriter output, TextWriter faults)
    {
        WebApplication app;
        NodeConfiguration configuration;
        try
        {
            var builder = CreateBuilder(overrides);
            configuration = ReadConfiguration(builder.Configuration);
            if (checkOnly)
            {
                await PrintAsync(configuration, output);
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

        return await RunAsync(app, configuration.Settings, faults);
    }

    /// <summary>Later sources win: appsettings.json, appsettings.{Environment}.json, environment variables, command line.</summary>
    private static WebApplicationBuilder CreateBuilder(IReadOnlyDictionary<string, string?> overrides)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "Realtime.Node",
            EnvironmentName = Variable("DOTNET_ENVIRONMENT") ?? Variable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production,

            // Not the current directory: the files that belong to the program lie beside it.
            ContentRootPath = Variable("DOTNET_CONTENTROOT") ?? AppContext.BaseDirectory,
        });
        try
        {
            builder.Configuration
                .AddJsonFile("appsettings.json", optional: true, reloadOnChange: false)
                .AddJsonFile($"appsettings.{builder.Environment.EnvironmentName}.json", optional: true, reloadOnChange: false)
                .AddEnvironmentVariables()
                .AddInMemoryCollection(overrides);
        }
        catch (InvalidDataException unreadable)
        {
            var cause = (unreadable.GetBaseException().Message + " ").Split('\n')[0].Trim();
            throw new RealtimeConfigurationException([$"{unreadable.Message.TrimEnd('.')}: {cause}"]);
        }

        return builder;
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static NodeConfiguration ReadConfiguration(IConfiguration configuration)
    {
        var logging = SerilogSetup.Fault(configuration);
        try
        {
            var read = NodeConfiguration.Read(configuration);
            return logging is null ? read : throw new RealtimeConfigurationException([logging]);
        }
        catch (RealtimeConfigurationException bad) when (logging is not null && !bad.Faults.Contains(logging))
        {
            throw new RealtimeConfigurationException([.. bad.Faults, logging]);
        }
    }

    private static async Task PrintAsync(NodeConfiguration configuration, TextWriter output)
    {
        foreach (var line in EffectiveConfiguration.Lines(configuration.Options))
        {
            await output.WriteLineAsync(line);
        }

        var settings = configuration.Settings;
        await output.WriteLineAsync($"The configuration is good: node {settings.Node}, port {settings.Port}, store {configuration.Store}, {settings.Namespaces.All.Count()} namespaces.");
    }

    private static WebApplication Build(WebApplicationBuilder builder, NodeConfiguration configuration)
    {
        var logger = SerilogSetup.CreateLogger(builder.Configuration, configuration.Options.Log, builder.Environment.IsDevelopment());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddSerilog(logger, dispose: true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => KestrelSetup.Apply(kestrel, configuration.Settings));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = HostStopTimeout);
        builder.AddRealtime();

        var app = builder.Build();
        app.UseMiddleware<RequestLog>();
        app.UseDemoPage();
        app.MapRealtime();
        return app;
    }

    private static async Task<int> RunAsync(WebApplication app, NodeSettings settings, TextWriter faults)
    {
        try
        {
            // Disposes the application whatever happens, and with it the store.
            var runtime = app.Services.GetRequiredService<NodeRuntime>();
            var code = ExitCodes.Success;
            runtime.Failed += failure =>
            {
                faults.WriteLine($"This node cannot stay in its cluster: {failure.Message}");
                code = ExitCodes.LostMembership;
                app.Lifetime.StopApplication();
            };
            await app.RunAsync();
            return code;
        }
        catch (NameInUseException inUse)
        {
            await faults.WriteLineAsync(inUse.Message);
            return ExitCodes.NameInUse;
        }
        catch (StoreFaultException fault)
        {
            await faults.WriteLineAsync(fault.Message);
            return ExitCodes.Of(fault.Fault);
        }
        catch (Exception fault) when (fault is IOException or SocketException)
        {
            var where = $"{settings.Address}:{settings.Port}";
            if (fault.GetBaseException() is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
            {
                await faults.WriteLineAsync($"Cannot listen on {where}: the port is in use. Stop the program that has it, or choose another with --port.");
                return ExitCodes.PortInUse;
            }

            await faults.WriteLineAsync($"Cannot listen on {where}: {fault.GetBaseException().Message}");
            return ExitCodes.CannotListen;
        }
    }
}
