using Realtime.Node.Configuration;

namespace Realtime.Node.Operations.Listener;

/// <summary>What is written of the operators' listener, with its rules: those of nodes and of lighthouses.</summary>
/// <param name="Port">Null: so much above the clients'.</param>
/// <param name="ClientPort">Where clients come in; 0: the system chooses, then also here.</param>
public sealed record OperatorListening(bool Enabled, string? Address, int? Port, string? Key, string? ViewKey, int ClientPort)
{
    private const int Above = 1000;
    private const int MostPort = 65_535;
    private const int LeastKey = 16;

    /// <summary>0 lets the system choose.</summary>
    public int ChosenPort => Port ?? (ClientPort == 0 ? 0 : ClientPort + Above);

    /// <summary>Only this machine can reach it.</summary>
    public bool IsLoopback => Address is not null && WebListener.IsLoopback(Address);

    /// <param name="path">What the section is called in faults.</param>
    /// <param name="acts">Whether anything can be done there. If not, a key for looking is as good as any.</param>
    public void Check(string path, bool acts, FaultList faults)
    {
        CheckKeys(path, acts, faults);
        if (Port is { } port)
        {
            faults.Range($"{path}:Port", port, 0, MostPort);
        }

        if (!WebListener.IsAddress(Address))
        {
            faults.Add($"{path}:Address", $"must be localhost, * or an IP address, is '{Address}'");
        }
        else if (Enabled && !IsLoopback && Key is null && (acts || ViewKey is null))
        {
            faults.Add($"{path}:{(acts ? nameof(Key) : nameof(ViewKey))}", $"is needed, because operators are listened to on {Address} and not on loopback only");
        }

        if (Enabled && ChosenPort != 0 && ChosenPort == ClientPort)
        {
            faults.Add($"{path}:Port", $"must be another than the clients' ({ClientPort})");
        }
        else if (Enabled && Port is null && ClientPort is <= MostPort && ChosenPort > MostPort)
        {
            faults.Add($"{path}:Port", $"is needed: the clients' port and {Above} make {ChosenPort}, and there is no such port");
        }
    }

    /// <summary>A record prints its members, and two of these are keys.</summary>
    public override string ToString() => $"OperatorListening {{ {Address}:{ChosenPort}, {(Key is null && ViewKey is null ? "no key" : "key")} }}";

    private void CheckKeys(string path, bool acts, FaultList faults)
    {
        CheckKey($"{path}:Key", Key, faults);
        CheckKey($"{path}:ViewKey", ViewKey, faults);
        if (acts && ViewKey is not null && Key is null)
        {
            faults.Add($"{path}:ViewKey", "limits nobody without Key: everybody on this machine may do everything");
        }
        else if (acts && ViewKey is not null && ViewKey == Key)
        {
            faults.Add($"{path}:ViewKey", "is the same as Key: whoever has it could do everything");
        }
    }

    private static void CheckKey(string path, string? key, FaultList faults)
    {
        if (key is null)
        {
            return;
        }

        // What is wrong with it is as much as may be said of it.
        if (key.Length < LeastKey)
        {
            faults.Add(path, $"must be at least {LeastKey} bytes, is {key.Length}");
        }
        else if (!key.All(c => c is > ' ' and < '\u007f'))
        {
            faults.Add(path, "must be printable ASCII without spaces: it travels in a header");
        }
    }
}
