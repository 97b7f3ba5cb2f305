using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Realtime.Node.Configuration;

/// <summary>
/// Binds the ports of a program before any of its services starts, and gives the sockets to Kestrel, which starts last: a port that is taken ends the program before
/// it has opened a store or joined a cluster. Until Kestrel listens, connections are refused as before.
/// </summary>
public sealed class BoundSockets(IReadOnlyList<ListeningAddress> addresses) : IHostedLifecycleService, IDisposable
{
    private readonly List<(IPEndPoint Wanted, ListeningAddress For, Socket Socket)> _bound = [];
    private readonly Lock _lock = new();

    /// <summary>For the program's own listeners; those of an application that hosts a node are the application's.</summary>
    public static void AddTo(IServiceCollection services, params IReadOnlyList<ListeningAddress> addresses)
    {
        services.AddSingleton(_ => new BoundSockets(addresses));
        services.AddHostedService(provider => provider.GetRequiredService<BoundSockets>());
        services.AddOptions<SocketTransportOptions>().Configure<BoundSockets>(static (options, sockets) => options.CreateBoundListenSocket = sockets.Take);
    }

    /// <exception cref="ListenFaultException">One of them is taken, or is not this machine's.</exception>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var address in addresses)
        {
            Bind(address);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Those that Kestrel has not taken.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _bound.ForEach(bound => bound.Socket.Dispose());
            _bound.Clear();
        }
    }

    private void Bind(ListeningAddress address)
    {
        switch (address)
        {
            case { Address: "*" }:
                Bind(address, Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any);
                break;

            // As in WebListener.Listen: two sockets, one when the system chooses the port.
            case { Address: "localhost", Port: 0 }:
                Bind(address, IPAddress.Loopback);
                break;

            case { Address: "localhost" }:
                Bind(address, IPAddress.Loopback);
                if (Socket.OSSupportsIPv6)
                {
                    BindIfThere(address, IPAddress.IPv6Loopback);
                }

                break;

            default:
                Bind(address, IPAddress.Parse(address.Address));
                break;
        }
    }

    /// <summary>A machine may know IPv6 and have no loopback address in it; Kestrel does with the other one then.</summary>
    private void BindIfThere(ListeningAddress address, IPAddress ip)
    {
        try
        {
            Bind(address, ip);
        }
        catch (ListenFaultException fault) when (fault.ExitCode != ExitCodes.PortInUse)
        {
            // Kestrel meets it again and writes it to the log.
        }
    }

    private void Bind(ListeningAddress address, IPAddress ip)
    {
        var wanted = new IPEndPoint(ip, address.Port);
        try
        {
            var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(wanted);
            lock (_lock)
            {
                _bound.Add((wanted, address, socket));
            }
        }
        catch (SocketException fault)
        {
            throw new ListenFaultException(address, fault);
        }
    }

    /// <exception cref="ListenFaultException">Another program has bound the port at the same moment, and listens already.</exception>
    internal Socket Take(EndPoint endpoint)
    {
        (IPEndPoint Wanted, ListeningAddress For, Socket Socket) found;
        lock (_lock)
        {
            var at = _bound.FindIndex(bound => bound.Wanted.Equals(endpoint));
            if (at < 0)
            {
                return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            }

            found = _bound[at];
            _bound.RemoveAt(at);
        }

        try
        {
            // Linux lets two programs bind one port as long as neither listens: here the second learns of it.
            found.Socket.Listen();
            return found.Socket;
        }
        catch (SocketException fault)
        {
            found.Socket.Dispose();
            throw new ListenFaultException(found.For, fault);
        }
    }
}
