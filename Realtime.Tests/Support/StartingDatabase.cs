using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Realtime.Tests.Support;

/// <summary>
/// The port of a PostgreSQL server that is starting: says so to those who connect, until it is <see cref="Ready"/>, and is then the server behind it.
/// </summary>
internal sealed class StartingDatabase : IDisposable
{
    private const int EncryptionAsked = 80877103;
    private const int GssAsked = 80877104;

    private readonly ProxyListener _listener;
    private readonly int _target;
    private volatile bool _isReady;
    private int _refused;

    public StartingDatabase(int target)
    {
        _target = target;
        _listener = new ProxyListener(new IPEndPoint(IPAddress.Loopback, 0), ServeAsync);
    }

    public int Port => _listener.Endpoint.Port;

    /// <summary>How many were told to come again.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public void Ready() => _isReady = true;

    public void Dispose() => _listener.Stop();

    private async Task ServeAsync(Socket socket)
    {
        using var client = new NetworkStream(socket, ownsSocket: true);
        if (_isReady)
        {
            using var target = new TcpClient();
            await target.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(client.CopyToAsync(target.GetStream()), target.GetStream().CopyToAsync(client));
            return;
        }

        var head = new byte[8];
        do
        {
            await client.ReadExactlyAsync(head);
        }
        while (await IsEncryptionRefusedAsync(client, BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4))));

        await client.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) - head.Length]);
        Interlocked.Increment(ref _refused);
        await client.WriteAsync(Refusal());
    }

    private static async Task<bool> IsEncryptionRefusedAsync(NetworkStream client, int code)
    {
        if (code is not (EncryptionAsked or GssAsked))
        {
            return false;
        }

        await client.WriteAsync("N"u8.ToArray());
        return true;
    }

    private static byte[] Refusal()
    {
        var fields = Encoding.UTF8.GetBytes("SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0");
        var message = new byte[5 + fields.Length];
        message[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + fields.Length);
        fields.CopyTo(message, 5);
        return message;
    }
}
