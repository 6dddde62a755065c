package org.strowger.jmx;

import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.ListenerNotFoundException;
import javax.management.MBeanInfo;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationEmitter;
import javax.management.NotificationFilter;
import javax.management.NotificationListener;
import javax.management.ReflectionException;
import org.jspecify.annotations.Nullable;

/** A managed object that also emits notifications. */
final class Emitter implements DynamicMBean, NotificationEmitter {
  private final ManagedObject<?> object;
  private final NotificationBroadcasterSupport listeners;

  Emitter(ManagedObject<?> object, MBeanNotificationInfo... notifications) {
    this.object = object;
    this.listeners = new NotificationBroadcasterSupport(notifications);
  }

  void send(Notification notification) {
    listeners.sendNotification(notification);
  }

  @Override
  public @Nullable Object getAttribute(String attribute) throws AttributeNotFoundException {
    return object.getAttribute(attribute);
  }

  @Override
  public AttributeList getAttributes(String[] attributes) {
    return object.getAttributes(attributes);
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    object.setAttribute(attribute);
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return object.setAttributes(attributes);
  }

  @Override
  public Object invoke(String name, Object @Nullable [] params, String @Nullable [] signature)
      throws ReflectionException {
    return object.invoke(name, params, signature);
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    return object.getMBeanInfo();
  }

  @Override
  public void addNotificationListener(
      NotificationListener listener, NotificationFilter filter, Object handback) {
    listeners.addNotificationListener(listener, filter, handback);
  }

  @Override
  public void removeNotificationListener(NotificationListener listener)
      throws ListenerNotFoundException {
    listeners.removeNotificationListener(listener);
  }

  @Override
  public void removeNotificationListener(
      NotificationListener listener, NotificationFilter filter, Object handback)
      throws ListenerNotFoundException {
    listeners.removeNotificationListener(listener, filter, handback);
  }

  @Override
  public MBeanNotificationInfo[] getNotificationInfo() {
    return listeners.getNotificationInfo();
  }
}
