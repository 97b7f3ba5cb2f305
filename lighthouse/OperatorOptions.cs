using Realtime.Node.Configuration;
using Realtime.Node.Operations.Listener;

namespace Realtime.Lighthouse;

/// <summary>The listener for operators, <c>Lighthouse:Operator</c>: the dashboard and what a view says of the cluster. Never the clients' one.</summary>
internal sealed class OperatorOptions
{
    /// <summary>Whether there is one. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Where to listen: <c>localhost</c>, <c>*</c> for every address, or one IP address. Anything but loopback needs a key. Default <c>localhost</c>.
    /// </summary>
    public string? Address { get; set; } = "localhost";

    /// <summary>TCP port, 0 to 65,535; 0 lets the system choose. Default the client port + 1000, 0 where that is 0.</summary>
    public int? Port { get; set; }

    /// <summary>The nodes' key, for those who have that one: at least 16 printable ASCII characters without spaces. Here it may look. Default none.</summary>
    [Secret]
    public string? Key { get; set; }

    /// <summary>May look: as <see cref="Key"/>. One of the two is enough. Default none: whoever is on this machine may look.</summary>
    [Secret]
    public string? ViewKey { get; set; }

    public OperatorListening Listening(int clientPort) => new(Enabled, Address, Port, Key, ViewKey, clientPort);

    /// <summary>The door knows one key that keeps everybody else out, and perhaps a second one; which of them it is makes no difference where nothing can be done.</summary>
    public OperatorPolicy Policy() => new()
    {
        Enabled = Enabled,
        KeyName = $"{LighthouseOptions.Section}:Operator:Key",
        Key = Key ?? ViewKey,
        ViewKey = Key is null ? null : ViewKey,
        IsLoopback = Address is not null && WebListener.IsLoopback(Address),
    };
}
