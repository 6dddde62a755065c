package org.strowger.linux;

import org.strowger.api.KernelException;

/** The kernel's error numbers as words; include/uapi/asm-generic/errno.h. */
final class Errno {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int E2BIG = 7;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENODEV = 19;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int ENOSYS = 38;
  static final int ENOPROTOOPT = 92;
  static final int EOPNOTSUPP = 95;
  static final int EADDRNOTAVAIL = 99;
  static final int ENOBUFS = 105;

  /** Not for user space, and yet answered by bpf(2). */
  static final int ENOTSUPP = 524;

  private Errno() {}

  /**
   * The exception for a call that was refused.
   *
   * @param operation what could not be done, with object and value: {@code pin map 'a' as /b}
   */
  static KernelException refused(String operation, long errno) {
    int number = (int) Math.abs(errno);
    return new KernelException("cannot " + operation + ": " + words(number), number);
  }

  static String words(int errno) {
    return switch (errno) {
      case EPERM ->
          "not permitted (EPERM): the process needs CAP_NET_ADMIN, CAP_BPF and CAP_PERFMON, and"
              + " CAP_SYS_ADMIN to mount: start it as root or, with systemd, AmbientCapabilities=";
      case ENOENT -> "there is no such thing (ENOENT)";
      case 3 -> "there is no such route or process (ESRCH)";
      case EINTR -> "interrupted (EINTR)";
      case 5 -> "input or output failed (EIO)";
      case E2BIG -> "it is full or too big (E2BIG)";
      case 9 -> "it is closed or of the wrong kind (EBADF)";
      case EAGAIN -> "not now, try again (EAGAIN)";
      case ENOMEM -> "the kernel has no memory left for it (ENOMEM)";
      case EACCES -> "access denied (EACCES)";
      case 14 -> "a wrong address (EFAULT)";
      case EBUSY -> "it is in use by something else (EBUSY)";
      case EEXIST -> "it is there already (EEXIST)";
      case ENODEV -> "there is no such device (ENODEV)";
      case 20 -> "a part of the path is no folder (ENOTDIR)";
      case EINVAL -> "the kernel does not take this value, or does not know the call (EINVAL)";
      case 23 -> "the system has no file descriptors left (ENFILE)";
      case 24 -> "the process has no file descriptors left: raise its limit (EMFILE)";
      case ENOSPC -> "no room is left (ENOSPC)";
      case 30 -> "the file system is read-only (EROFS)";
      case 34 -> "the number is out of range (ERANGE)";
      case 36 -> "the name is too long (ENAMETOOLONG)";
      case ENOSYS -> "the kernel does not have the call (ENOSYS)";
      case EOPNOTSUPP, ENOTSUPP -> "the kernel or the device does not support it (EOPNOTSUPP)";
      case EADDRNOTAVAIL -> "the address is not there (EADDRNOTAVAIL)";
      case 100 -> "the network is down (ENETDOWN)";
      case 101 -> "no route leads there (ENETUNREACH)";
      case ENOBUFS -> "the kernel has no buffers left (ENOBUFS)";
      case 110 -> "it took too long (ETIMEDOUT)";
      case 113 -> "the host cannot be reached (EHOSTUNREACH)";
      default -> "error " + errno;
    };
  }
}
